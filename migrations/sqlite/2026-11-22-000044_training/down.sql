DROP TABLE training_registrations;
DROP TABLE training_slots;
DROP TABLE training_trainers;
DROP TABLE training_sessions;
DROP TABLE training_modules;
